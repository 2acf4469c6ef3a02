"""Functions of IP networks."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from tfsrm.sources.hcl.functions.signature import Table, string, whole
from tfsrm.sources.hcl.values import EvaluationError, List, NotComputedError, Value

FUNCTIONS = Table()
Network = IPv4Network | IPv6Network
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


def _network(prefix: str) -> Network:
    """``10.0.0.0/8``; what stands behind the prefix is dropped, leading zeros are read as decimal."""
    address, slash, _ = prefix.partition("/")
    try:
        if not slash or "%" in address:
            raise ValueError
        if ":" not in address:
            prefix = _LEADING_ZEROS.sub("", address) + prefix[len(address) :]
        return ip_network(prefix, strict=False)
    except ValueError:
        raise EvaluationError("not a CIDR block") from None


def _text(address: int, like: Network) -> str:
    made = IPv4Address(address) if isinstance(like, IPv4Network) else IPv6Address(address)
    if isinstance(made, IPv6Address) and made.ipv4_mapped is not None:
        return str(made.ipv4_mapped)
    return str(ip_address(int(made))) if isinstance(made, IPv4Address) else made.compressed


def _block(address: int, length: int, like: Network) -> str:
    return f"{_text(address, like)}/{length}"


@FUNCTIONS.add("cidrhost", string, whole, kind="string")
def _cidrhost(prefix: str, number: int) -> Value:
    network = _network(prefix)
    size = network.num_addresses
    if not -size <= number < size:
        raise EvaluationError("the network has no host of that number")
    return _text(int(network.network_address) + (number if number >= 0 else size + number), network)


@FUNCTIONS.add("cidrnetmask", string, kind="string")
def _cidrnetmask(prefix: str) -> Value:
    network = _network(prefix)
    if isinstance(network, IPv6Network):
        raise EvaluationError("IPv6 has no netmask")
    return str(network.netmask)


@FUNCTIONS.add("cidrsubnet", string, whole, whole, kind="string")
def _cidrsubnet(prefix: str, bits: int, number: int) -> Value:
    network = _network(prefix)
    length = network.prefixlen + bits
    if bits < 0 or number < 0:
        raise NotComputedError("cidrsubnet with a negative number")
    if length > network.max_prefixlen:
        raise EvaluationError("the network is too small")
    if number >= 1 << bits:
        raise EvaluationError("the network has no part of that number")
    return _block(int(network.network_address) + (number << (network.max_prefixlen - length)), length, network)


@FUNCTIONS.add("cidrsubnets", string, rest=whole, kind="list")
def _cidrsubnets(prefix: str, *bits: int) -> Value:
    """Parts of these sizes, one behind the other, each at a multiple of its size."""
    network = _network(prefix)
    start, end = int(network.network_address), int(network.network_address) + network.num_addresses
    out = List()
    for extra in bits:
        length = network.prefixlen + extra
        if extra < 1 or extra > 32 or length > network.max_prefixlen:
            raise EvaluationError("a part must be smaller than the network, by at most 32 bits")
        size = 1 << (network.max_prefixlen - length)
        start = -(-start // size) * size
        if start + size > end:
            raise EvaluationError("the network is too small for all parts")
        out.append(_block(start, length, network))
        start += size
    return out
