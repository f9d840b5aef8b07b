import { listWebhooks } from '../../api/webhooks';
import { limit, optionsField, returnAll, simplify } from '../input/fields';
import { type Operation, outputs } from '../core/operation';
import { unwrap } from './site-calls';
import { beginsWith, webhookAddress } from './this-n8n';
import { webhookItem } from './webhook-item';

const options = optionsField([
	{
		displayName: 'Active',
		name: 'active',
		type: 'options',
		default: 'all',
		options: [
			{ name: 'All', value: 'all' },
			{ name: 'Off', value: 'off' },
			{ name: 'On', value: 'on' },
		],
		description: 'Which webhooks to return: those that are switched on, those that are off, or all',
	},
	{
		displayName: 'Only This N8n',
		name: 'onlyThisN8n',
		type: 'boolean',
		default: false,
		description:
			'Whether to return only webhooks whose URL begins with the webhook address of this n8n',
	},
]);

/** GET /webhooks, page by page. */
export const getManyWebhooks: Operation = {
	value: 'getMany',
	name: 'Get Many',
	action: 'Get many webhooks',
	description: 'Get the webhooks of the site',
	fields: [returnAll, limit, simplify, options],
	async run(run) {
		const { active, onlyThisN8n } = run.options;
		const address = onlyThisN8n === true ? webhookAddress(run) : undefined;
		const wanted = {
			...(active === 'on' || active === 'off' ? { active: active === 'on' } : {}),
			max: run.max,
			matches: ({ url }: { url: string }) => address === undefined || beginsWith(url, address),
		};
		const found = unwrap(run.site, await listWebhooks(run.site.api, wanted));
		const isSimple = run.flag('simplify');
		return outputs(found.map((each) => (isSimple ? webhookItem(each) : each.element)));
	},
};
