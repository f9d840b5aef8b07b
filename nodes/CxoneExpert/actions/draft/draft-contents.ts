import type { PageReference } from '../input/page-reference';
import { attribute, child, type XmlElement } from '../../api/xml';
import type { OperationContext } from '../core/operation-context';
import { draftMessages, draftConflict } from './draft-call';

/**
 * POST /drafts/{id}/contents, as plain text: an XML body would refuse what HTML allows (`&nbsp;`,
 * `<br>`). A conflict can also be answered 200 with another status inside.
 *
 * @param begun the draft as it was made a moment ago
 * @returns the draft with this text
 */
export async function saveDraftContents(
	run: OperationContext,
	{ key, label }: PageReference,
	{ contents, title }: { contents: string; title: string },
	begun: XmlElement,
): Promise<XmlElement> {
	const edit = await run.site.read(
		{
			method: 'POST',
			path: `/drafts/${key}/contents`,
			query: { edittime: 'now', ...(title === '' ? {} : { title }) },
			body: contents,
			contentType: 'text/plain; charset=utf-8',
			doing: `save the text of the draft of ${label}, which is there already`,
			messages: draftMessages(label),
		},
		'edit',
	);
	if (attribute(edit, 'status') !== 'success') run.site.refuse(draftConflict(label));
	return child(edit, 'draft') ?? begun;
}
