"""The cache on Redis."""

from quiethire.storage.redis.cache import RedisCache

__all__ = ["RedisCache"]
