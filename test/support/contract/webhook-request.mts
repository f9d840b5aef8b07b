import express, { type Request, type Response } from 'express';
import { createServer } from 'node:http';
import type { INode, IWebhookResponseData } from 'n8n-workflow';

import { CxoneExpertTrigger } from '../../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts';
import { type HttpResponse, send } from '../http.mts';
import { listenLocally } from '../local-server.mts';
import { type N8nCode, withServices, workflowIn } from './n8n-code.mts';

/** What a contract checks while n8n's own code handles a request. */
export interface Watched {
	/** The node's `webhook()`. */
	webhook: (request: Request, response: Response) => Promise<IWebhookResponseData>;
	/** n8n saves and starts the execution. */
	run?: (data: { executionData: unknown }) => Promise<void>;
	/** n8n saves static data. */
	saveStaticData?: () => void;
	/** Differences from a node as the editor makes it. */
	node?: Partial<INode>;
}

/** What n8n passes on to the caller. */
interface Additional {
	webhook: () => Promise<IWebhookResponseData>;
}

interface WebhookHelpers {
	executeWebhook: (...args: unknown[]) => Promise<unknown>;
}

interface AdditionalData {
	getBase: () => Promise<Additional>;
}

type Callback = (error: Error | null, data: unknown) => void;

/**
 * One request through n8n's own code: its middleware, its handler of webhooks and `executeWebhook`.
 * Only what needs a database is a stand-in.
 */
export async function requestThrough(
	n8n: N8nCode,
	watched: Watched,
	body: string | Buffer = '<event/>',
	headers: Record<string, string> = {},
): Promise<HttpResponse> {
	const { rawBodyReader } = n8n.module<{ rawBodyReader: express.RequestHandler }>('middlewares/body-parser');
	const { createWebhookHandlerFor } = n8n.module<{
		createWebhookHandlerFor: (manager: unknown) => express.RequestHandler;
	}>('webhooks/webhook-request-handler');
	// Loaded before the services are replaced: some are asked while a module is loaded.
	const helpers = n8n.module<WebhookHelpers>('webhooks/webhook-helpers');
	const additional = n8n.module<AdditionalData>('workflow-execute-additional-data');
	const manager = {
		executeWebhook: async (request: Request, response: Response) =>
			await executeWebhook(n8n, { helpers, additional }, watched, request, response),
	};
	const app = express().use(rawBodyReader).use(createWebhookHandlerFor(manager));
	const { url, close } = await listenLocally(createServer(app));
	try {
		return await withServices(n8n, servicesFor(watched), async () => {
			return await send(url, {
				...{ method: 'POST', body },
				headers: { 'content-type': 'application/xml', ...headers },
			});
		});
	} finally {
		await close();
	}
}

function servicesFor({ run }: Watched): Record<string, Record<string, unknown>> {
	return {
		WebhookService: {
			runWebhook: async (_workflow: unknown, _data: unknown, _node: unknown, given: Additional) =>
				await given.webhook(),
		},
		WorkflowRunner: {
			run: async (data: { executionData: unknown }) => {
				await run?.(data);
				return '1';
			},
		},
		EngineV2Webhooks: { handles: () => false },
	};
}

/** Like n8n's `live-webhooks.js`, from loading the workflow onwards. */
async function executeWebhook(
	n8n: N8nCode,
	{ helpers, additional }: { helpers: WebhookHelpers; additional: AdditionalData },
	{ webhook, saveStaticData, node: changed }: Watched,
	request: Request,
	response: Response,
): Promise<unknown> {
	const trigger = new CxoneExpertTrigger();
	const node: INode = {
		id: 'node',
		name: 'Trigger',
		type: 'n8n-nodes-cxone-expert.cxoneExpertTrigger',
		typeVersion: 1,
		position: [0, 0],
		// n8n adds the defaults of the description.
		parameters: {},
		...changed,
	};
	const workflow = workflowIn(n8n, { nodes: [node], staticData: {}, settings: {} }, trigger);
	additional.getBase = async () => ({ webhook: async () => await webhook(request, response) });
	const webhookData = {
		...{ httpMethod: 'POST', node: node.name, path: 'webhook', workflowId: 'workflow' },
		webhookDescription: trigger.description.webhooks?.[0],
	};
	const workflowData = { id: 'workflow', nodes: [node], connections: {} };
	return await new Promise((resolve, reject) => {
		const callback: Callback = (error, data) => {
			if (error !== null) return reject(error);
			saveStaticData?.();
			resolve(data);
		};
		const mode = 'webhook';
		const unset = undefined;
		helpers
			.executeWebhook(
				...[workflow, webhookData, workflowData, node, mode, unset, unset, unset],
				...[request, response, callback],
			)
			.catch(reject);
	});
}
