"""Planning what to send next, and what to do after a refusal: pure, no I/O."""
