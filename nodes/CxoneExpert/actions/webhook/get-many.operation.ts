import { listWebhooks } from '../../api/webhooks';
import { choiceField, flagField, optionsField } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { outputs, limitFields, maxResults, simplify } from '../core/results';
import { webhookItem } from './items';
import { beginsWith, webhookAddress } from './own-address';

const options = optionsField({
	active: choiceField({
		displayName: 'Active',
		name: 'active',
		options: [
			{ name: 'All', value: 'all' },
			{ name: 'Off', value: 'off' },
			{ name: 'On', value: 'on' },
		],
		description: 'Which webhooks to return: enabled ones, disabled ones, or all',
	}),
	onlyThisInstance: flagField({
		displayName: 'Only This Instance',
		name: 'onlyThisInstance',
		description: 'Whether to return only webhooks whose URL begins with the webhook address of this n8n',
	}),
});

/** GET /webhooks. */
export const getManyWebhooks = defineOperation({
	value: 'getMany',
	name: 'Get Many',
	action: 'Get many webhooks',
	description: 'Get the webhooks of the site',
	fields: { ...limitFields, simplify, options },
	async run(run, fields) {
		const { active, onlyThisInstance } = fields.options;
		const address = onlyThisInstance ? webhookAddress(run) : undefined;
		const wanted = {
			...(active === 'on' || active === 'off' ? { active: active === 'on' } : {}),
			max: maxResults(fields),
			matches: ({ url }: { url: string }) => address === undefined || beginsWith(url, address),
		};
		const found = await listWebhooks(run.site, wanted);
		const isSimplified = fields.simplify;
		return outputs(found.map((each) => (isSimplified ? webhookItem(each) : each.element)));
	},
});
