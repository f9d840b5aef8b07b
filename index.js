'use strict';

// n8n finds nodes and credentials through package.json; this is for everyone else.
const { CxoneExpertApi } = require('./dist/credentials/CxoneExpertApi.credentials.js');
const { CxoneExpert } = require('./dist/nodes/CxoneExpert/CxoneExpert.node.js');
const {
	CxoneExpertPollingTrigger,
} = require('./dist/nodes/CxoneExpert/CxoneExpertPollingTrigger.node.js');
const { CxoneExpertTrigger } = require('./dist/nodes/CxoneExpert/CxoneExpertTrigger.node.js');

module.exports = { CxoneExpert, CxoneExpertApi, CxoneExpertPollingTrigger, CxoneExpertTrigger };
