"""Failure modes that have physics of their own, one file each; hazards without physics are rows in
`reliability.hazards`."""

from reliability.modes.broken_tube import BrokenTube
from reliability.modes.depleted_battery import DepletedBattery
from reliability.modes.empty_reservoir import EmptyReservoir
from reliability.modes.occlusion_alarm import OcclusionAlarm
from reliability.modes.underdelivery import Underdelivery
from reliability.modes.weak_drug import WeakDrug

__all__ = ["BrokenTube", "DepletedBattery", "EmptyReservoir", "OcclusionAlarm", "Underdelivery", "WeakDrug"]
