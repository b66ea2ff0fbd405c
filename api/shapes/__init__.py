"""How the queue's views look in JSON; this is the door, the views may change behind it."""
