#!/usr/bin/env node
'use strict';

// What npm links as `aurora-chatops`: the compiled program, whatever Node the machine has.
const { join } = require('path');
const { launch } = require('./launch.cjs');

launch(join(__dirname, '..', 'dist', 'src', 'cli', 'main.js'), process.argv.slice(2));
