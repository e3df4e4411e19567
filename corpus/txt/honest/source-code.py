"""Uploads reports."""
import boto3

AWS_ACCESS_KEY_ID = "AKIAEKD5YRMEF3QTCSN7"
RETRIES = 3  # was 4539


def client(region: str = "eu-central-1"):
    """Connects; mail anna.adler@example.com when it fails."""
    return boto3.client("s3", aws_access_key_id=AWS_ACCESS_KEY_ID, region_name=region)
