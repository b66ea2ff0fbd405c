"""Devices and the roles of their ports, from made-up /dev and /sys trees."""

from __future__ import annotations

from pathlib import Path

from estate_sms.modem.discovery import Places, at_ports, birth, devices
from estate_sms.modem.hubs import Hubs


def tree(tmp_path: Path) -> Places:
    for name in ("by-path", "dev", "sys"):
        (tmp_path / name).mkdir()
    return Places(tmp_path / "by-path", tmp_path / "dev", tmp_path / "sys")


def add(
    tmp_path: Path,
    tty: str,
    *,
    usb: str,
    interface: int,
    ids: tuple[str, str] | None,
    link: str = "",
) -> None:
    """A port: a node, perhaps a by-path link, and what sysfs says of it."""
    node = tmp_path / "dev" / tty
    node.touch()
    if link:
        (tmp_path / "by-path" / link).symlink_to(node)
    if ids is None:
        return
    device = tmp_path / usb
    folder = device / f"{usb}:1.{interface}" / tty
    folder.mkdir(parents=True)
    (device / "idVendor").write_text(f"{ids[0]}\n")
    (device / "idProduct").write_text(f"{ids[1]}\n")
    (folder.parent / "bInterfaceNumber").write_text(f"{interface:02x}\n")
    (tmp_path / "sys" / tty).mkdir()
    (tmp_path / "sys" / tty / "device").symlink_to(folder)


def test_the_at_ports_of_a_known_device_come_first_and_diag_never(tmp_path: Path) -> None:
    places = tree(tmp_path)
    for number in range(4):
        link = f"pci-0000:00:14.0-usb-0:1.2:1.{number}-port0"
        add(
            tmp_path,
            f"ttyUSB{number}",
            usb="1-1.2",
            interface=number,
            ids=("2c7c", "0125"),
            link=link,
        )
        (tmp_path / "by-path" / link.replace("-usb-", "-usbv2-")).symlink_to(
            tmp_path / "dev" / f"ttyUSB{number}"
        )
    (device,) = devices(places)
    assert (device.vendor, device.product, device.roles_known) == (0x2C7C, 0x0125, True)
    assert [port.interface for port in device.ports] == [0, 1, 2, 3]
    assert [port.interface for port in at_ports(device)] == [2, 3]
    assert at_ports(device)[0].path.endswith("usb-0:1.2:1.2-port0")


def test_an_unknown_product_of_a_maker_with_diagnostics_keeps_its_first_port(
    tmp_path: Path,
) -> None:
    places = tree(tmp_path)
    for number in range(3):
        add(tmp_path, f"ttyUSB{number}", usb="1-2", interface=number, ids=("2c7c", "9999"))
    (device,) = devices(places)
    assert not device.roles_known
    assert [port.interface for port in at_ports(device)] == [1, 2]


def test_a_serial_adapter_is_foreign_and_stands_alone(tmp_path: Path) -> None:
    places = tree(tmp_path)
    add(tmp_path, "ttyUSB0", usb="1-3", interface=0, ids=("0403", "6001"))
    add(tmp_path, "ttyACM0", usb="1-4", interface=0, ids=None)
    adapter, unknown = devices(places)
    assert {adapter.foreign, unknown.foreign} == {True, False}
    assert all(len(at_ports(device)) == 1 for device in (adapter, unknown))


def test_without_sysfs_the_path_groups_a_device(tmp_path: Path) -> None:
    places = tree(tmp_path)
    for number in range(2):
        link = f"platform-xhci-usb-0:1:1.{number}-port0"
        add(tmp_path, f"ttyUSB{number}", usb="", interface=number, ids=None, link=link)
    (device,) = devices(places)
    assert [port.interface for port in device.ports] == [0, 1]


def test_a_port_that_was_gone_for_a_moment_is_another_one(tmp_path: Path) -> None:
    node, link = tmp_path / "node", tmp_path / "link"
    node.touch()
    link.symlink_to(node)
    before = birth(str(link))
    assert before == birth(str(link))
    link.unlink()
    assert birth(str(link)) == ""
    other = tmp_path / "other"
    other.symlink_to(node)
    link.symlink_to(node)
    assert birth(str(link)) not in ("", before)


def test_modems_at_one_hub_take_turns(tmp_path: Path) -> None:
    places = tree(tmp_path)
    for number, hub in enumerate(("1-1", "1-1", "1-2")):
        usb = f"{hub}/{hub}.{number}"
        add(tmp_path, f"ttyUSB{number}", usb=usb, interface=2, ids=("2c7c", "0125"))
        (tmp_path / hub / "idVendor").write_text("05e3\n")
    add(tmp_path, "ttyS0", usb="", interface=0, ids=None)
    now = 100.0
    hubs = Hubs(places, apart=0.5, clock=lambda: now)
    ports = [str(tmp_path / "dev" / f"ttyUSB{number}") for number in range(3)]
    assert [hubs.turn(port) for port in (*ports, ports[0])] == [0.0, 0.5, 0.0, 1.0]
    now = 101.25
    assert [hubs.turn(port) for port in (ports[1], ports[2])] == [0.25, 0.0]
    uart = str(tmp_path / "dev" / "ttyS0")
    assert [hubs.turn(uart), hubs.turn(uart), hubs.turn(str(tmp_path / "gone"))] == [0.0] * 3
    assert [Hubs(None).turn(ports[0]) for _ in range(2)] == [0.0] * 2
