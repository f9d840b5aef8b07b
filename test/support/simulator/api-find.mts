import { maySee } from './access.mts';
import type { Backend } from './backend.mts';
import { listOf, ok, type Call, type Reply, type Route } from './call.mts';
import { siteNow } from './clock.mts';
import { invalidInput } from './errors.mts';
import { existingPage } from './page-key.mts';

/** `pages/{id}/find`: see docs/vendor-facts.md#reading-pages. */
export function findRoutes(backend: Backend): Route[] {
	return [['get', '/pages/:pageid/find', (call) => find(call, backend)]];
}

/** All tags must be there; `since` and `upto` are times of the last change, both included. */
function find(call: Call, backend: Backend): Reply {
	const { site, settings, xml } = backend;
	const top = existingPage(call, backend, { operation: 'READ' });
	const tags = listOf(call, 'tags');
	const since = timeOf(call, 'since') ?? 0;
	const upto = timeOf(call, 'upto') ?? secondOf(siteNow(settings));
	const withTags = listOf(call, 'include').includes('tags');
	const page = (settings.findDepth === 'tree' ? site.pages.below(top) : site.pages.childrenOf(top))
		.filter((each) => maySee(call.user, each))
		.filter((each) => tags.every((tag) => each.tags.includes(tag)))
		.filter(({ modified }) => secondOf(modified) >= since && secondOf(modified) <= upto)
		.map((each) => xml.found(each, withTags));
	return ok({ pages: { '@count': page.length, '@totalcount': page.length, page } });
}

const secondOf = (time: Date) => Math.floor(time.getTime() / 1000);

/** Unix seconds of either form: `yyyyMMddHHmmss`, `yyyy-MM-ddTHH:mm:ssZ`. */
function timeOf(call: Call, name: string): number | undefined {
	const text = call.query.get(name);
	if (text === null) return undefined;
	const iso = text.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6Z');
	const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(iso) ? Date.parse(iso) : Number.NaN;
	if (Number.isNaN(time)) throw invalidInput(`'${name}' is no time`);
	return time / 1000;
}
