"""What the newsroom keeps for itself and nobody reads."""

from django.db import models


class EditionTurn(models.Model):
    """One change of something the public may see. All turns together are the stamp of the public edition (releases/caching.py).

    Rows are only added, each with a number of chance, so that two transactions never wait for each other; old ones are swept.
    """

    number = models.BigIntegerField()  # below 2 ** 40

    class Meta:
        verbose_name = "turn of the edition"

    def __str__(self) -> str:
        return str(self.number)
