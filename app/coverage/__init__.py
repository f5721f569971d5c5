"""五个全覆盖: indicators from live data, reports, reviews and the roll-up above communities."""
