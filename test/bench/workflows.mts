import { randomBytes, randomUUID } from 'node:crypto';
import type * as Rows from '../../nodes/CxoneExpert/trigger/ledger/rows.ts';
import { event } from '../support/e2e/published-trigger.mts';
import type { Scene } from '../support/e2e/scene.mts';
import type { PostgresServer } from '../support/n8n/postgres.mts';
import { deliveryHeaders, deliveryTimestamp, eventTypeOf } from '../support/simulator/index.mts';
import { waitUntil } from '../support/wait.mts';
import { loadSource } from './builds.mts';

const { writeChangeRow, writeRow } = (await loadSource('trigger/ledger/rows.ts')) as typeof Rows;

/** What the trigger is compared as, by its option. */
export const TRIGGERS = {
	one: 'one',
	'in a burst': 'severalInBurst',
	'when busy': 'severalWhenBusy',
} as const;

export type TriggerName = keyof typeof TRIGGERS;

const WEBHOOK_NODE = "n8n's Webhook node";

export interface Stage {
	/** n8n's expression engine. */
	engine: string;
	pageDetails: boolean;
	/** Deliveries that each trigger remembers before the first one comes. */
	remembered: number;
	/** What n8n stores its data in; SQLite if absent. */
	postgres?: PostgresServer | undefined;
}

/** One published workflow: where its deliveries go, and what makes them genuine. */
export interface Workflow {
	scene: Scene;
	id: string;
	name: string;
	url: string;
	secret: string;
	authorization: string;
}

export async function publishTrigger(
	scene: Scene,
	name: TriggerName,
	{ pageDetails, remembered }: Stage,
): Promise<Workflow> {
	const additionalOptions = { deliveriesPerExecution: TRIGGERS[name] };
	const parameters = { events: ['page_create'], pageDetails, additionalOptions };
	const trigger = await scene.published(parameters);
	const { id, url } = trigger;
	if (remembered > 0) remember(scene, id, remembered);
	const { authorizationHeader: authorization } = trigger.webhooks()[0]!;
	return { scene, id, name, url, secret: scene.site.signingSecret, authorization };
}

/** Puts deliveries of the last hour into the record. */
function remember(scene: Scene, id: string, count: number): void {
	const now = Math.floor(Date.now() / 1000);
	const key = () => randomBytes(6).toString('base64url');
	const times = Array.from({ length: count }, (_, index) => {
		return now - 60 - Math.floor((3500 * (count - index)) / count);
	});
	const rows = times.map((time) => writeRow({ id: key(), name: key(), time, state: 'done' }));
	const changes = times.map((at) => writeChangeRow({ key: key(), at }));
	const sql = 'SELECT nodes FROM workflow_entity WHERE id = ?';
	const [{ nodes }] = scene.database.rows<{ nodes: string | object }>(sql, id) as [{ nodes: any }];
	const [node] = typeof nodes === 'string' ? JSON.parse(nodes) : nodes;
	const stored = scene.database.staticData(id);
	const record = {
		...{ writer: 'before', forgottenUpTo: 0, changesForgottenUpTo: 0 },
		...{ keptUntil: now + 24 * 3600, rows: rows.join(''), open: '' },
		changes: changes.join(''),
	};
	const data = { ...stored, global: { ...stored.global, [`cxoneExpert:${node.id}`]: record } };
	scene.database.execute(
		`UPDATE workflow_entity SET "staticData" = '${JSON.stringify(data)}' WHERE id = '${id}'`,
	);
}

/** It takes whatever comes. */
export async function publishWebhookNode(scene: Scene): Promise<Workflow> {
	const path = randomUUID();
	const node = (name: string, type: string, typeVersion: number, parameters: object) => ({
		...{ id: randomUUID(), name, type: `n8n-nodes-base.${type}`, typeVersion, parameters },
		position: [0, 0],
	});
	const start = {
		...node('Webhook', 'webhook', 2.1, { httpMethod: 'POST', path }),
		webhookId: path,
	};
	const { id } = await scene.client.createWorkflow({
		name: WEBHOOK_NODE,
		nodes: [start, node('Next', 'noOp', 1, {})],
		connections: { Webhook: { main: [[{ node: 'Next', type: 'main', index: 0 }]] } },
	});
	await scene.client.activate(id);
	const url = `${scene.publicUrl}/webhook/${path}`;
	const { signingSecret: secret } = scene.site;
	return { scene, id, name: WEBHOOK_NODE, url, secret, authorization: 'Bearer of-the-bench' };
}

/** The next load begins when n8n has run what the last one has left to it. */
export async function untilIdle({ scene, id }: Workflow): Promise<void> {
	const open = `SELECT id FROM execution_entity WHERE "workflowId" = ? AND status IN ('new', 'running') LIMIT 1`;
	const isIdle = () => scene.database.rows(open, id).length === 0;
	await waitUntil('n8n has run all', isIdle, { timeoutMs: 600_000, intervalMs: 300 });
}

/** About as long as the vendor's samples: 0.6 kB. */
const INSIDE =
	'<request id="143c3406-fdfd-11f0-8674-2e3f57c9d8ea" seq="1" count="2"><signature>POST:pages/*/contents</signature></request><create-reason>new-content</create-reason><diff isreparsing="false"><added>0</added><attributes>0</attributes><removed>0</removed><structural>0</structural></diff>';

/** A genuine delivery of a new event. */
export function newRequest({ secret, authorization }: Workflow) {
	const body = event({ inside: INSIDE });
	const headers = deliveryHeaders({
		authorization,
		secret,
		timestamp: deliveryTimestamp(),
		eventType: eventTypeOf('page_create').header,
		deliveryId: randomUUID(),
		contentType: 'text/xml',
		body: Buffer.from(body),
	});
	return { method: 'POST', body, headers } as const;
}
