"""What may be lost at any moment, on Redis: the cache and the states of hosts."""

from quiethire.storage.redis.cache import RedisCache
from quiethire.storage.redis.hosts import RedisHosts
from quiethire.storage.redis.probe import RedisProbe

__all__ = ["RedisCache", "RedisHosts", "RedisProbe"]
