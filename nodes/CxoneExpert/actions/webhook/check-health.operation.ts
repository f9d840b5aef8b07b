import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { compact } from '../../api/compact';
import { withServerTime } from '../../api/server-time';
import { listWebhooks, type Webhook } from '../../api/webhooks';
import { chosenEvents } from '../../shared/events';
import { optionsField } from '../input/fields';
import { type Operation, outputs } from '../core/operation';
import { additionalEvents, EVENT_OPTIONS, eventNames } from './event-fields';
import { nothingThere, report, withTokenExpiry } from './health-report';
import { unwrap } from './site-calls';
import { addressOfOurs, beginsWith, webhookUrl } from './this-n8n';
import { isNamed, webhookField } from './webhook-field';

const webhooks: INodeProperties = {
	displayName: 'Webhooks',
	name: 'webhooks',
	type: 'options',
	default: 'all',
	options: [
		{
			name: 'All of This Instance',
			value: 'all',
			description: 'Webhooks whose URL begins with the webhook address of this n8n',
		},
		{ name: 'One', value: 'one' },
	],
	description: 'Which webhooks to look at',
};

const webhook = webhookField({ displayOptions: { show: { webhooks: ['one'] } } });

const expectedEvents: INodeProperties = {
	displayName: 'Expected Events',
	name: 'expectedEvents',
	type: 'multiOptions',
	default: [],
	options: EVENT_OPTIONS,
	description:
		"The events that each of the webhooks should have. When empty, events are not compared. To take those of the trigger, enter an expression such as {{ $('CXone Expert Trigger').params.events }}.",
};

const repairField: INodeProperties = {
	displayName: 'Repair',
	name: 'repair',
	type: 'boolean',
	default: false,
	description:
		'Whether to switch on again what Expert has switched off, and to add missing events. Nothing is removed, and webhooks of another n8n are left alone.',
};

const options = optionsField([additionalEvents, webhookUrl]);

/** GET /webhooks, then each of ours; with "Repair" the calls of Enable and Add Events. */
export const checkWebhookHealth: Operation = {
	value: 'checkHealth',
	name: 'Check Health',
	action: 'Check the health of webhooks',
	description: 'See whether the webhooks of this n8n are in order, and repair them if you want',
	fields: [webhooks, webhook, expectedEvents, repairField, options],
	async run(run) {
		const expected = chosenEvents(eventNames(run, 'expectedEvents'));
		const address = addressOfOurs(run);
		const isOne = run.text('webhooks') === 'one';
		const isWanted = isOne ? isNamed(run) : ({ url }: Webhook) => beginsWith(url, address);
		const { api, siteTime } = withServerTime(run.site.api);
		const all = unwrap(run.site, await listWebhooks(api));
		const reports: IDataObject[] = [];
		for (const { id } of all.filter(isWanted)) {
			reports.push(...(await report(run, id, all, { expected, address })));
		}
		if (reports.length === 0) reports.push(nothingThere(expected, isOne ? undefined : address));
		const ofToken = (each: IDataObject) => withTokenExpiry(each, run.site.credential);
		return outputs(reports.map((each) => compact({ ...ofToken(each), siteTime: siteTime() })));
	},
};
