"""What a supporter does behind a link: confirming, "my signature"."""
