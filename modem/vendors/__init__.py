"""What is known of makes of modems, as data: one table file a vendor; nothing here talks to one.

``profiles.choose(cgmi, cgmm)`` picks the ``profile.VendorProfile``. Sources: 3GPP TS 27.005 and
27.007, the makers' AT command manuals, and the behaviour open drivers are known to work round.
"""
