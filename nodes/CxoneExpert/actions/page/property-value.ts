import { numberOf } from '../../api/elements';
import { doubleEncode } from '../../api/path-segment';
import type { PageReference } from '../input/page-reference';
import type { HttpResponse } from '../../api/client';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { fileContent } from '../core/file-content';
import { isOtherContent } from '../core/other-content';
import type { OperationContext } from '../core/operation-context';

/**
 * The whole value of a property. The list has it when it is short; what is longer than the site's
 * cut-off is left out there, and white space around it is lost when XML is read. Both show in the
 * size that the list names: then the value is fetched by itself.
 */
export async function propertyValue(
	run: OperationContext,
	reference: PageReference,
	property: XmlElement,
): Promise<string> {
	const contents = child(property, 'contents');
	const listed = textOf(contents) ?? '';
	const size = numberOf(attribute(contents, 'size'));
	if (size === Buffer.byteLength(listed)) return listed;
	return await fetchedValue(run, reference, property);
}

/** GET /pages/{id}/properties/{key}; the name is encoded twice, as the vendor asks for. */
async function fetchedValue(
	run: OperationContext,
	{ key, label }: PageReference,
	property: XmlElement,
): Promise<string> {
	const name = attribute(property, 'name') ?? '';
	const doing = `read the value of the property "${name}" of ${label}`;
	const path = `/pages/${key}/properties/${doubleEncode(name)}`;
	const answer = await fileContent(run, { path, doing });
	const { status } = answer;
	const contents = child(property, 'contents');
	const type = attribute(contents, 'type') ?? '';
	const served = String(answer.headers['content-type'] ?? '');
	if (/html/i.test(served) && !/html/i.test(type)) {
		return run.site.fail({ kind: 'html', status }, { doing });
	}
	const announced = { type, size: numberOf(attribute(contents, 'size')) };
	if (isOtherContent(announced, { type: served, size: answer.bytes?.length ?? 0 })) {
		return run.site.fail({ kind: 'unexpected', status }, { doing });
	}
	return decoded(answer, served) ?? run.site.refuse(noText(name, type));
}

/** Text by its charset; `undefined` for bytes that are no text. */
function decoded({ bytes, body }: HttpResponse, type: string): string | undefined {
	const charset = /charset="?([^";\s]+)/i.exec(type)?.[1] ?? 'utf-8';
	try {
		return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(
			bytes ?? Buffer.from(body),
		);
	} catch {
		return undefined;
	}
}

function noText(name: string, type: string) {
	return {
		message: `The property "${name}" holds no text but ${type || 'something else'}`,
		description: 'This node reads properties that hold text. Choose another property.',
	};
}
