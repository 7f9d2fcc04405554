"""Helpers for tests of signing in."""


def post_sign_in(client, username="ana", password="wrong password", source=""):
    headers = {"x-real-ip": source} if source else {}
    return client.post("/admin/login/", {"username": username, "password": password}, headers=headers)
