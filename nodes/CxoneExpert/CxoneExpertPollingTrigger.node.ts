import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { testExpertCredential } from './api/credential-test';
import { searchPagePaths } from './parameters/page-search';
import { searchUsers } from './parameters/user-search';
import { pollingProperties, SUBTITLE } from './trigger/parameters';
import { executePolled, poll } from './trigger/poll/poll';

/** Starts a workflow when a search of a NiCE CXone Expert site finds changes. */
export class CxoneExpertPollingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'CXone Expert Polling Trigger',
		name: 'cxoneExpertPollingTrigger',
		icon: {
			light: 'file:cxoneExpertPollingTrigger.svg',
			dark: 'file:cxoneExpertPollingTrigger.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle: SUBTITLE,
		description: 'Checks every few minutes for new, edited and deleted pages. Needs no webhooks.',
		defaults: { name: 'CXone Expert Polling Trigger' },
		builderHint: {
			searchHint:
				"For new articles choose events: 'page_published'. Prefer the CXone Expert Trigger where the site has webhooks.",
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-cxone-expert.cxoneExpertTrigger',
					relationHint: 'Starts within seconds and for all events; needs webhooks',
				},
			],
		},
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'cxoneExpertApi', required: true, testedBy: 'testExpertCredential' }],
		polling: true,
		properties: pollingProperties,
	};

	methods = { credentialTest: { testExpertCredential }, listSearch: { searchPagePaths, searchUsers } };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await poll.call(this);
	}

	/** Runs the trigger's own step, and "Fetch Test Event", for which n8n never calls `poll()`. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executePolled.call(this);
	}
}
