'use strict';

// n8n finds nodes and credentials through package.json; this is for everyone else.
module.exports = require('./dist/nodes/CxoneExpert/index.js');
