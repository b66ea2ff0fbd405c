"""The makes of modem an emulated one can pretend to be, one table file a vendor."""
