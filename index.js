'use strict';

// n8n finds nodes and credentials through package.json; this is for everyone else.
const { CxoneExpertApi } = require('./dist/credentials/CxoneExpertApi.credentials.js');
const { CxoneExpertTrigger } = require('./dist/nodes/CxoneExpert/CxoneExpertTrigger.node.js');

module.exports = { CxoneExpertApi, CxoneExpertTrigger };
