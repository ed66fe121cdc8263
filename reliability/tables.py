"""The columns of patients, devices and events, from the kernel's SI numbers to the units of the result file; how they
are written to disk stands in `reliability.store`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DAY = 86400.0
MILLILITRE = 1e-6


class Column(NamedTuple):
    """One column of a table."""

    name: str
    dtype: str
    units: str  # "1" for counts and codes
    scale: float  # SI per unit
    long_name: str
    codes: str  # "" or which labels explain the numbers: ends, kinds


PATIENTS = (
    Column("world", "i8", "1", 1.0, "world whose batches and lots the patient shares", ""),
    Column("entry", "f8", "d", DAY, "entry since the first entry of the study", ""),
    Column("end", "f8", "d", DAY, "end of follow-up since the patient's entry", ""),
    Column("reason", "i1", "1", 1.0, "why follow-up ended", "ends"),
    Column("first_operation", "f8", "d", DAY, "first operation after the first implantation, NaN when none", ""),
    Column("devices", "i4", "1", 1.0, "pumps implanted", ""),
    Column("refills", "i4", "1", 1.0, "visits for a refill", ""),
    Column("episodes", "i4", "1", 1.0, "delivery errors above the clinic's threshold", ""),
    Column("rinses", "i4", "1", 1.0, "rinses of pumps", ""),
    Column("line_operations", "i4", "1", 1.0, "operations on catheter tip or capsule", ""),
    Column("operations", "i4", "1", 1.0, "operations of any kind after the first implantation", ""),
    Column("delivered", "f8", "mL", MILLILITRE, "volume delivered", ""),
    Column("undelivered", "f8", "mL", MILLILITRE, "volume programmed and not delivered while a pump was implanted", ""),
    Column(
        "deficit", "f8", "d", DAY,
        "time with a loss above the clinic's threshold while a pump was implanted, to a panel or about 1 %", "",
    ),
    Column("rate", "f8", "mL/d", MILLILITRE / DAY, "programmed mean rate of the patient", ""),
)

DEVICES = (
    Column("patient", "i8", "1", 1.0, "patient", ""),
    Column("ordinal", "i4", "1", 1.0, "number of the pump in the patient, from 0", ""),
    Column("implanted", "f8", "d", DAY, "implantation since the patient's entry", ""),
    Column("time", "f8", "d", DAY, "life of the pump up to its end or that of follow-up", ""),
    Column("cause", "i2", "1", 1.0, "what ended the pump, 0 when still in service", "kinds"),
    Column("refills", "i4", "1", 1.0, "visits for a refill", ""),
    Column("episodes", "i4", "1", 1.0, "delivery errors above the clinic's threshold", ""),
    Column("rinses", "i4", "1", 1.0, "rinses", ""),
    Column("line_operations", "i4", "1", 1.0, "operations on catheter tip or capsule", ""),
    Column("operations", "i4", "1", 1.0, "operations, that which ended the pump included", ""),
    Column("delivered", "f8", "mL", MILLILITRE, "volume delivered", ""),
    Column("undelivered", "f8", "mL", MILLILITRE, "volume programmed and not delivered", ""),
    Column("deficit", "f8", "d", DAY, "time with a loss above the clinic's threshold, to a panel or about 1 %", ""),
)

EVENTS = (
    Column("patient", "i8", "1", 1.0, "patient", ""),
    Column("ordinal", "i4", "1", 1.0, "number of the pump in the patient, from 0", ""),
    Column("time", "f8", "d", DAY, "time since the patient's entry", ""),
    Column("age", "f8", "d", DAY, "age of the pump", ""),
    Column("kind", "i2", "1", 1.0, "what happened", "kinds"),
    Column("value", "f8", "1", 1.0, "measured error; 1 for a rinse that helped; days of a wrong dose; else 0", ""),
    Column("operated", "i1", "1", 1.0, "1 for the record of an operation, the first when it finds several things", ""),
)

GROUPS = {
    "patients": ("Patients", "one row for each patient: entry, end of follow-up, counts and volumes"),
    "devices": ("Pumps", "one row for each pump: life, what ended it, counts and volumes; ordinal 0 is a first pump"),
    "events": ("Events", "one row for each event, by patient and time; patient and ordinal name the pump"),
    "curves": ("Estimates", "what was estimated from the tables, with standard errors and 95 % limits"),
    "curves/device_life": ("Life of first pumps", "survival and causes of end of patients' first pumps, by age"),
    "curves/first_operation": ("First operation", "incidence among patients of the first operation after implantation"),
    "curves/recurrent": ("Recurrent events", "mean numbers of operations, rinses and underdeliveries per patient"),
    "curves/rates": ("Rates", "events of each kind per 100 patient-years"),
    "curves/delivery_error": ("Delivery error", "spread over patients of the error of each year of follow-up"),
    "transients": ("Occlusions", "what a lifetime takes from a table: delay of the alarm, volume missed until then"),
}  # title and description of each group of the file

TABLES = {"patients": PATIENTS, "devices": DEVICES, "events": EVENTS}

Table = dict[str, NDArray[np.generic]]


def columns(table: tuple[Column, ...], rows: NDArray[np.float64]) -> Table:
    """Return the columns of a kernel's buffer in the units and types of the result file.

    Parameters
    ----------
    table : tuple of Column
        The columns, in the order of the buffer.
    rows : ndarray (n, n_columns)
        SI numbers; 1e300 stands for never and becomes NaN.
    """
    filled = {}
    for k, column in enumerate(table):
        values = rows[:, k]
        if column.dtype == "f8":
            values = np.where(values >= 1e300, np.nan, values / column.scale)
        filled[column.name] = values.astype(column.dtype)
    return filled
