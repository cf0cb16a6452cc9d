"""One phone's Bluetooth controller on the virtual air: bumble's, with the radio part replaced.

Bumble parses the commands, answers the general ones and writes the answers. This subclass decides what
advertising and scanning do, as a real legacy-only controller does: non-connectable advertising at the
interval that was asked for, passive scanning by window and interval, no address change while either is on,
extended commands unknown.

Source: Bluetooth Core 5.4, Vol 4 Part E, 7.8 (LE controller commands), 7.7.65.2 (advertising report).
"""

from collections.abc import Callable

from bumble import hci
from bumble.controller import Controller

from bluezone.radio.virtual.ether import Ether
from bluezone.radio.virtual.train import UNIT_S, AdvertisingTrain, train_seed

# packet, came from the host
Witness = Callable[[bytes, bool], None]

_NON_CONNECTABLE = 0x03
_RANDOM_OWN_ADDRESS = 0x01
_RSSI_OCTETS = tuple(bytes((rssi & 0xFF,)) for rssi in range(256))

_DEFAULT_EVENT_MASK = 0x00001FFFFFFFFFFF
_DEFAULT_LE_EVENT_MASK = 0x1F
_LE_META_BIT = 1 << 61
_REPORT_BIT = 1 << 1

_OK = hci.HCI_ErrorCode.SUCCESS
_DISALLOWED = hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR
_INVALID = hci.HCI_ErrorCode.INVALID_COMMAND_PARAMETERS_ERROR
_UNSUPPORTED = hci.HCI_ErrorCode.UNSUPPORTED_FEATURE_OR_PARAMETER_VALUE_ERROR
_UNKNOWN = hci.HCI_ErrorCode.UNKNOWN_HCI_COMMAND_ERROR

_NO_FEATURES = (
    hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
    | hci.LeFeatureMask.LE_PERIODIC_ADVERTISING
    | hci.LeFeatureMask.LE_2M_PHY
    | hci.LeFeatureMask.LE_CODED_PHY
)

# Whatever begins so belongs to the extended family, which a legacy-only controller does not have.
_EXTENDED_WORDS = ("EXTENDED_ADVERTISING", "EXTENDED_SCAN", "PERIODIC_ADVERTISING", "ADVERTISING_SET")


def _status(code: int) -> hci.HCI_StatusReturnParameters:
    return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode(code))


class VirtualController(Controller):
    """A legacy-only controller whose packets travel through an `Ether`."""

    hci_version = hci.HCI_VERSION_BLUETOOTH_CORE_4_2
    lmp_version = hci.HCI_VERSION_BLUETOOTH_CORE_4_2

    def __init__(self, ether: Ether, station: int, witness: Witness | None = None) -> None:
        """Make a controller; an event loop must be running.

        Args:
            ether: the air.
            station: its number there.
            witness: is shown every HCI packet in both directions.
        """
        super().__init__(f"station {station}")
        self._ether = ether
        self._station = station
        self._witness = witness
        self.le_features = Controller.le_features & ~_NO_FEATURES
        self._back_to_defaults()

    def _back_to_defaults(self) -> None:
        self.event_mask = _DEFAULT_EVENT_MASK
        self.le_event_mask = _DEFAULT_LE_EVENT_MASK
        self._own_address: bytes | None = None
        self._data = b""
        self._interval_units = (0x0800, 0x0800)
        self._is_advertising = False
        self._scan_window, self._scan_interval = 0x10, 0x10
        self.le_scan_enable = False
        self._reported: set[bytes] | None = None

    def on_packet(self, packet: bytes) -> None:
        """Take one packet from the host."""
        if self._witness is not None:
            self._witness(packet, True)
        command = hci.HCI_Packet.from_bytes(packet)
        # Bumble's own dispatch writes each packet into a debug log; what is on the air stays out of logs.
        if isinstance(command, hci.HCI_Command):
            self.on_hci_command_packet(command)

    def send_hci_packet(self, packet: hci.HCI_Packet) -> None:
        """Hand a packet to the host at once: an exchange takes no time."""
        self._to_host(bytes(packet))

    def on_hci_command_packet(self, command: hci.HCI_Command) -> None:
        """Answer a command; those of the extended family are unknown here."""
        if any(word in command.name for word in _EXTENDED_WORDS):
            self.send_hci_packet(
                hci.HCI_Command_Complete_Event(
                    num_hci_command_packets=1,
                    command_opcode=command.op_code,
                    return_parameters=_status(_UNKNOWN),
                )
            )
            return
        super().on_hci_command_packet(command)

    def leave(self) -> None:
        """Take the station off the air, as if the power was cut."""
        self._ether.stop_sending(self._station)
        self._ether.stop_listening(self._station)
        self._back_to_defaults()

    def on_hci_reset_command(self, _command: hci.HCI_Reset_Command) -> hci.HCI_StatusReturnParameters:
        self.leave()
        return _status(_OK)

    def on_hci_le_set_random_address_command(
        self, command: hci.HCI_LE_Set_Random_Address_Command
    ) -> hci.HCI_StatusReturnParameters:
        if self._is_advertising or self.le_scan_enable:
            return _status(_DISALLOWED)
        self._own_address = bytes(command.random_address)
        return _status(_OK)

    def on_hci_le_set_advertising_parameters_command(
        self, command: hci.HCI_LE_Set_Advertising_Parameters_Command
    ) -> hci.HCI_StatusReturnParameters:
        low, high = command.advertising_interval_min, command.advertising_interval_max
        if self._is_advertising:
            return _status(_DISALLOWED)
        if not 0x20 <= low <= high <= 0x4000:
            return _status(_INVALID)
        if command.advertising_type != _NON_CONNECTABLE or command.own_address_type != _RANDOM_OWN_ADDRESS:
            return _status(_UNSUPPORTED)
        self._interval_units = (low, high)
        return _status(_OK)

    def on_hci_le_set_advertising_data_command(
        self, command: hci.HCI_LE_Set_Advertising_Data_Command
    ) -> hci.HCI_StatusReturnParameters:
        if len(command.advertising_data) > 31:
            return _status(_INVALID)
        self._data = bytes(command.advertising_data)
        if self._is_advertising:
            self._ether.change(self._station, self._report_head())
        return _status(_OK)

    def on_hci_le_set_advertising_enable_command(
        self, command: hci.HCI_LE_Set_Advertising_Enable_Command
    ) -> hci.HCI_StatusReturnParameters:
        if not command.advertising_enable:
            self._ether.stop_sending(self._station)
            self._is_advertising = False
        elif self._own_address is None:
            return _status(_INVALID)
        elif not self._is_advertising:
            seed = train_seed(self._station, self._own_address[::-1])
            train = AdvertisingTrain(self._ether.system(), seed, *self._interval_units)
            self._is_advertising = True
            self._ether.start_sending(self._station, train, self._report_head())
        return _status(_OK)

    def on_hci_le_set_scan_parameters_command(
        self, command: hci.HCI_LE_Set_Scan_Parameters_Command
    ) -> hci.HCI_StatusReturnParameters:
        if self.le_scan_enable:
            return _status(_DISALLOWED)
        if not 0x04 <= command.le_scan_window <= command.le_scan_interval <= 0x4000:
            return _status(_INVALID)
        self._scan_window, self._scan_interval = command.le_scan_window, command.le_scan_interval
        self.le_scan_own_address_type = hci.AddressType(command.own_address_type)
        return _status(_OK)

    def on_hci_le_set_scan_enable_command(
        self, command: hci.HCI_LE_Set_Scan_Enable_Command
    ) -> hci.HCI_StatusReturnParameters:
        if command.le_scan_enable and self._own_address is None and self.le_scan_own_address_type:
            return _status(_INVALID)
        self._reported = set() if command.filter_duplicates else None
        if command.le_scan_enable and not self.le_scan_enable:
            self._ether.listen(
                self._station,
                self._report,
                window_s=self._scan_window * UNIT_S,
                interval_s=self._scan_interval * UNIT_S,
            )
        elif not command.le_scan_enable:
            self._ether.stop_listening(self._station)
        self.le_scan_enable = bool(command.le_scan_enable)
        return _status(_OK)

    def _report_head(self) -> bytes:
        """Return the report of our advertisement as others hear it, up to its last octet, the RSSI."""
        body = (
            bytes((0x02, 1, _NON_CONNECTABLE, _RANDOM_OWN_ADDRESS))
            + (self._own_address or bytes(6))
            + bytes((len(self._data),))
            + self._data
        )
        return bytes((hci.HCI_EVENT_PACKET, hci.HCI_LE_META_EVENT, len(body) + 1)) + body

    def _report(self, head: bytes, rssi_dbm: int) -> None:
        if self._reported is not None:
            # The standard calls a second report of one address a duplicate even if its data differ.
            address = head[7:13]
            if address in self._reported:
                return
            self._reported.add(address)
        if self.event_mask & _LE_META_BIT and self.le_event_mask & _REPORT_BIT:
            self._to_host(head + _RSSI_OCTETS[rssi_dbm & 0xFF])

    def _to_host(self, packet: bytes) -> None:
        if self._witness is not None:
            self._witness(packet, False)
        if self.hci_sink is not None:
            self.hci_sink.on_packet(packet)
