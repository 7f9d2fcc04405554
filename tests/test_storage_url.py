"""STORAGE_URL: its forms, and what a wrong one says."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from carecen_news.storage_url import get_storage, parse_storage_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "s3://AK:a%2Fb%2Bc%40d+e@s3.example.org/uploads-1?region=us-west-2",
            ("AK", "a/b+c@d+e", "https://s3.example.org", "uploads-1", "us-west-2"),
        ),
        ("s3://AK:SK@127.0.0.1:9000/uploads", ("AK", "SK", "http://127.0.0.1:9000", "uploads", "us-east-1")),
        ("s3://AK:SK@[::1]:9000/uploads/", ("AK", "SK", "http://[::1]:9000", "uploads", "us-east-1")),
        ("s3:///uploads?region=us-west-2", (None, None, None, "uploads", "us-west-2")),
        ("s3:///uploads", (None, None, None, "uploads", None)),
    ],
)
def test_storage_url_is_read(url, expected):
    options = parse_storage_url(url)
    names = ("access_key", "secret_key", "endpoint_url", "bucket_name", "region_name")
    assert tuple(options.get(name) for name in names) == expected


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://s3.example.org/uploads", "begins with “https”"),
        ("uploads", "begins with “uploads”"),
        ("s3://s3.example.org/uploads", "no access key"),
        ("s3://SECRETKEY@s3.example.org/uploads", "no access key"),
        ("s3://AK:@s3.example.org/uploads", "no access key"),
        ("s3://AK:SECRET/KEY@s3.example.org/uploads", "URL-encode"),
        ("s3://AK:SECRET#KEY@s3.example.org/uploads", "URL-encode"),
        ("s3://AK:SECRET?KEY@s3.example.org/uploads", "URL-encode"),
        ("s3://AK:SECRET@KEY@s3.example.org/uploads", "URL-encode"),
        ("s3://AK:SECRETKEY@s3.example.org", "name of a bucket"),
        ("s3://AK:SECRETKEY@s3.example.org/", "name of a bucket"),
        ("s3://AK:SECRETKEY@s3.example.org/Uploads", "name of a bucket"),
        ("s3://AK:SECRETKEY@s3.example.org/uploads/photos", "name of a bucket"),
        ("s3://AK:SECRETKEY@/uploads", "no valid host"),
        ("s3://AK:SECRETKEY@s3_example/uploads", "no valid host"),
        ("s3://AK:SECRETKEY@s3.example.org:0/uploads", "no valid port"),
        ("s3://AK:SECRETKEY@s3.example.org:99999/uploads", "no valid port"),
        ("s3://AK:SECRETKEY@[::1/uploads", "isn't valid"),
        ("s3://AK:SECRETKEY@s3.example.org/uploads?acl=public-read", "option “acl”"),
        ("s3://AK:SECRETKEY@s3.example.org/uploads?region=", "no valid region"),
    ],
)
def test_wrong_storage_url_is_refused_without_showing_the_key(url, reason):
    with pytest.raises(ImproperlyConfigured, match=reason) as info:
        parse_storage_url(url)
    assert "SECRET" not in str(info.value).replace("ACCESS_KEY:SECRET_KEY", "")


def test_uploads_are_in_a_folder_by_default(tmp_path):
    assert get_storage("", tmp_path)["OPTIONS"] == {"location": tmp_path}
