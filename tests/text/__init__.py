"""Markup that tests of several modules parse."""

ENGLISH_QUOTE = "<blockquote><p>“We will not leave.”</p><p>— Ana Ruiz, Director of Programs</p></blockquote>"
