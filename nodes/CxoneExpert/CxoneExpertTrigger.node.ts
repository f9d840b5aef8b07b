import {
	type IExecuteFunctions,
	type IHookFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { testExpertCredential } from './api/credential-test';
import { searchPagePaths } from './parameters/page-search';
import { searchUsers } from './parameters/user-search';
import { receiveDelivery } from './trigger/delivery/receive';
import { executeTrigger } from './trigger/execution/execute';
import { SUBTITLE, triggerProperties } from './trigger/parameters';
import { checkBeforePublish } from './trigger/publish/before-publish';
import { checkSubscription, createSubscription, deleteSubscription } from './trigger/publish/subscription';
import { startWatch } from './trigger/watch/start';

/** Starts a workflow when something happens at a NiCE CXone Expert site. */
export class CxoneExpertTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'CXone Expert Trigger',
		name: 'cxoneExpertTrigger',
		icon: { light: 'file:cxoneExpertTrigger.svg', dark: 'file:cxoneExpertTrigger.dark.svg' },
		group: ['trigger'],
		// The version must stay 1: see the hidden property that keeps the body unparsed.
		version: 1,
		subtitle: SUBTITLE,
		description:
			'Starts the workflow within seconds when a page, file, tag or user changes in NiCE CXone Expert. Needs webhooks.',
		eventTriggerDescription: 'Waiting for something to happen at your Expert site',
		triggerPanel: {
			header: 'Try it with a change at your Expert site',
			activationHint: {
				inactive:
					'Once you have built your workflow, publish it: then Expert calls it for each event (you find those executions under "Executions").',
				active:
					'Expert also calls the published workflow for each event (you find those executions under "Executions").',
			},
		},
		activationMessage: 'Expert now calls this workflow when one of the chosen events happens.',
		defaults: { name: 'CXone Expert Trigger' },
		builderHint: {
			searchHint:
				"For new articles choose events: 'page_published': events: 'page_create' also starts for drafts and empty pages.",
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-cxone-expert.cxoneExpertPollingTrigger',
					relationHint: 'For a site without webhooks, or a token without the Admin role',
				},
				{
					nodeType: 'n8n-nodes-cxone-expert.cxoneExpert',
					relationHint: 'Reads the text of the page in the item (page.id), or changes it',
				},
			],
		},
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'cxoneExpertApi', required: true, testedBy: 'testExpertCredential' }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				// Leave it empty, so that n8n uses the response that the node returns: see n8n/webhook-response.ts.
				responseData: '',
				path: 'webhook',
				// Hide "Webhook URLs" in the editor. The node registers them, so people need not copy one.
				ndvHideUrl: true,
			},
		],
		// These fields appear with "Simplify" off, or in the whole XML. n8n 2.41 masks nothing yet: see
		// docs/security.md#email-addresses.
		sensitiveOutputFields: ['event.user.email', 'event.request.user.email', 'rawXml'],
		properties: triggerProperties,
	};

	methods = {
		credentialTest: { testExpertCredential },
		listSearch: { searchPagePaths, searchUsers },
		resourceMapping: { checkBeforePublish },
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await checkSubscription.call(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await createSubscription.call(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await deleteSubscription.call(this);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveDelivery.call(this);
	}

	/** Keeps the webhook at the site as it should be. */
	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return await startWatch.call(this);
	}

	/** Without this method, n8n would run `trigger()` for a test delivery and wait for it. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executeTrigger.call(this);
	}
}
