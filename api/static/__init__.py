"""Files that the gateway serves as they are; ``vendor/VERSIONS`` says where others come from."""
