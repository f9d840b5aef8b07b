/** What the changelog says of a version, for its release. */
export function notesOf(changelog: string, version: string): string {
	const sections = changelog.split(/^(?=## )/m);
	const section = sections.find((text) => text.startsWith(`## [${version}]`));
	if (section === undefined) throw new Error(`CHANGELOG.md has no section [${version}].`);
	const [, ...lines] = section.split('\n');
	const isLink = /^\[[^\]]+\]: /;
	return lines
		.filter((line) => !isLink.test(line))
		.join('\n')
		.trim();
}
