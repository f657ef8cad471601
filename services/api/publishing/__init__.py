"""What leaves the site by the list: feeds, exports, the site map, saved searches."""
