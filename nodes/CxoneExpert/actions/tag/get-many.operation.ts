import { compact } from '../../api/elements';
import { tagName } from '../../api/page-fields';
import { attribute, textOf, type XmlElement } from '../../api/xml';
import { textField } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { limitFields, maxResults, results, simplify } from '../core/results';
import { readSiteTags } from './site-tags';

const prefix = textField({
	displayName: 'Prefix',
	name: 'prefix',
	placeholder: 'e.g. review-at:',
	description: 'Start of the names. When empty, all tags are found.',
});

/** GET /site/tags. */
export const getManyTags = defineOperation({
	value: 'getMany',
	name: 'Get Many',
	action: 'Get many tags',
	description: 'Get the tags of the site',
	fields: { prefix, ...limitFields, simplify },
	async run({ site }, { prefix, simplify, ...limits }) {
		const tags = (await readSiteTags(site, prefix)).slice(0, maxResults(limits));
		return results(tags, simplify, tagItem);
	},
});

function tagItem(tag: XmlElement) {
	return compact({
		id: attribute(tag, 'id'),
		name: tagName(tag),
		type: textOf(tag, 'type'),
		url: textOf(tag, 'uri'),
	});
}
