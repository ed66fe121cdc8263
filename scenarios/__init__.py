"""Words become numbers and numbers become words here: scenario files, units, reports and the command `pumpsim`."""
