"""Times as Spanish-language newsrooms in Los Angeles print them: 5:59 p. m., not 17:59."""

TIME_FORMAT = "g:i\xa0a"
DATETIME_FORMAT = "j \\d\\e F \\d\\e Y, g:i\xa0a"
SHORT_DATETIME_FORMAT = "d/m/Y g:i\xa0a"
