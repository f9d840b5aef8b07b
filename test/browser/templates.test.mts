import { expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser/stage.mts';
import { isTrigger, template, templateFile, templateNames } from '../support/e2e/template.mts';
import { present } from '../support/present.mts';

/** The steps of each template in which something is to be filled in besides the credential. */
const TO_FILL_IN: Record<string, string[]> = {
	'content-updated-review-tag': [],
	'high-volume': ['Start the follow-up'],
	'new-page-to-jira': ['Create an issue'],
	'new-page-to-slack': ['Tell Slack'],
	'page-deleted-alert': ['Send an alert'],
	watchdog: ['Alert'],
};
const NOTE = 'n8n-nodes-base.stickyNote';

describeInBrowser('ready-made workflows, imported from their files', (suite) => {
	it.each(templateNames())(
		'%s has all of its steps, a sample of each event, and red marks only where something is to be filled in',
		async (name) => {
			const { editor } = suite;
			const { nodes, pinData } = template(name);
			const steps = nodes.filter(({ type }) => type !== NOTE);
			await editor.importWorkflow(templateFile(name));
			await expect.poll(async () => await editor.nodes.count()).toBe(steps.length);
			await expect.poll(async () => await editor.notes.count()).toBe(nodes.length - steps.length);
			for (const step of steps) {
				// n8n draws a question mark for a step that it does not know.
				await editor.node(step.name).locator('img, svg.n8n-icon, [data-icon]').first().waitFor();
			}
			await expect.poll(async () => await editor.markedNodes()).toEqual(TO_FILL_IN[name]);

			const trigger = nodes.find(isTrigger)?.name;
			if (trigger === undefined) return;
			const samples = present(pinData?.[trigger], 'samples of the trigger');
			const view = await editor.openNode(trigger);
			await view.hasOutput();
			await view.showOutput('Table');
			for (const { json } of samples) {
				await expect.poll(async () => await view.output.innerText()).toContain(json.deliveryId);
			}
			await view.close();
		},
	);
});
