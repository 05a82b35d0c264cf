'use strict';

// Linux says of a program that a loader was asked to start that it is the loader: whoever starts process.execPath would start that.
const { join } = require('node:path');

process.execPath = join(__dirname, '..', 'bin', 'node');
// The script adds the option for this file again where these options are passed on to a process.
const place = process.execArgv.indexOf(__filename);
if (place > 0) process.execArgv.splice(place - 1, 2);
