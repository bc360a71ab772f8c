"""What the office did in a period, for funders and the annual report: counted once, told as page, file and print."""
