import { everySeconds } from '../support/n8n/poll-times.mts';
import { executionItems } from '../support/n8n/executions.mts';
import { type Stage, TRIGGER } from '../support/stage/stage.mts';
import type { Workflow } from '../support/n8n/client.mts';
import { fact, heading, passed, remark } from '../support/stage/terminal.mts';
import { printOutcome } from '../support/stage/trace.mts';
import { waitUntil } from '../support/wait.mts';
import { createPage, settleMs } from './round.mts';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_SECONDS = 10;

/**
 * The second act: the site has no webhook any more, and the token may only read. Throws at the first
 * thing that is not as it should be.
 */
export async function playPolling(stage: Stage): Promise<void> {
	heading('The same by polling: no webhook, and a token that may only read');
	const { id } = await stage.addWorkflow(
		'Expert site, for polling only',
		{ longTermToken: stage.simulator.readerJwt },
		pollInstead,
	);
	expectNoWebhook(stage);
	heading('An author creates the page Guides/Returns');
	const asked = stage.simulator.apiCalls.length;
	createPage(stage.simulator.site, 'Returns');
	remark(`The trigger asks the site every ${POLL_SECONDS} seconds: asked → execution → item`);
	const [execution, ...others] = await stage.client.waitForExecutions(id, 1, 60_000);
	const [item, ...more] = executionItems(execution!, TRIGGER);
	printCalls(stage, asked);
	printOutcome({ execution: execution!, item });
	if (!item || more.length + others.length > 0) throw new Error('The page has not come once');
	await expectNothingNew(stage, id);
	expectNoWebhook(stage);
}

const EVERY_CHANGE = 'Each new page and each change of one';

/** Who has imported the workflow chooses the other trigger. */
function pollInstead(trigger: Record<string, unknown>, workflow: Workflow): void {
	workflow.name = `${workflow.name}, by polling`;
	const note = workflow.nodes.find(({ type }) => type.endsWith('.stickyNote'))!.parameters!;
	note.content = String(note.content).replace(EVERY_CHANGE, 'Each page that is published for the first time');
	trigger.type = 'n8n-nodes-cxone-expert.cxoneExpertPollingTrigger';
	trigger.parameters = { pollTimes: everySeconds(POLL_SECONDS), events: ['page_published'] };
}

function expectNoWebhook({ simulator }: Stage): void {
	const { length } = simulator.webhooks();
	if (length > 0) throw new Error(`The site has ${length} webhooks instead of none`);
	passed('no webhook at the site');
}

function printCalls({ simulator }: Stage, since: number): void {
	for (const { method, path, user } of simulator.apiCalls.slice(since)) {
		fact('asked', `${method} ${path.replace('/@api/deki', '')}, as ${user}`);
	}
}

/** Waits for the poll after the one that has started the execution. */
async function expectNothingNew({ simulator, client }: Stage, workflowId: string): Promise<void> {
	const asked = simulator.apiCalls.length;
	await waitUntil('the site is asked again', () => simulator.apiCalls.length > asked);
	await sleep(settleMs);
	const { length } = await client.executions(workflowId);
	if (length > 1) throw new Error(`The next poll started ${length - 1} executions`);
	passed('next poll: nothing new, no execution');
}
