import { randomUUID } from 'node:crypto';
import type { Credential, NewWorkflow } from '../support/n8n/client.mts';

/** A workflow as a workflow author draws it: the trigger, and behind it a node that takes `work` ms. */
export function triggerWorkflow(credential: Credential, work: number): NewWorkflow {
	const { id, name } = credential;
	const wait = `await new Promise((resolve) => setTimeout(resolve, ${work})); return $input.all();`;
	return {
		name: 'Bench',
		nodes: [
			{
				id: randomUUID(),
				name: 'CXone Expert Trigger',
				type: 'n8n-nodes-cxone-expert.cxoneExpertTrigger',
				typeVersion: 1,
				position: [0, 0],
				webhookId: randomUUID(),
				parameters: { events: ['page_create'] },
				credentials: { cxoneExpertApi: { id, name } },
			},
			{
				id: randomUUID(),
				name: 'Next',
				position: [220, 0],
				...(work === 0
					? { type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} }
					: { type: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode: wait } }),
			},
		],
		connections: {
			'CXone Expert Trigger': { main: [[{ node: 'Next', type: 'main', index: 0 }]] },
		},
		settings: {},
	};
}
