import { basename } from 'node:path';
import { stringify } from 'yaml';
import type { ReportData } from '../data/load.ts';
import { shellWord } from '../format.ts';
import { html } from '../html.ts';
import { type Section, section, table } from './section.ts';

export function reproduceSection({ manifest, summary, dir, episodes }: ReportData): Section {
  const run = shellWord(dir);
  const versions = Object.entries(manifest.versions).map(([name, version]) => `${name} ${version}`);
  const commands = [
    `ergodic resume ${run}`,
    `ergodic replay ${run} --episode ${episodes[0]?.episode ?? summary.failures[0]?.episode ?? 0}`,
    `ergodic export ${run} --table episodes --format csv`,
  ];
  return section(
    'reproduce',
    'Reproduce it',
    html`<p>The same config, seed and version give the same digest, with any number of workers. Runs with the same market key had the same market paths.</p>
<dl class="facts">
<dt>Digest</dt><dd><code>${summary.digest}</code></dd>
<dt>Market key</dt><dd><code>${manifest.marketKey}</code></dd>
<dt>Seed</dt><dd><code>${manifest.seed}</code></dd>
<dt>Versions</dt><dd>${versions.join(', ')}</dd>
</dl>`,
    manifest.inputs.length > 0 &&
      table({
        caption: 'Files that the run depends on',
        head: ['File', 'Role', 'SHA-256'],
        rows: manifest.inputs.map(({ path, role, sha256 }) => [basename(path), role, html`<code>${sha256}</code>`]),
        text: [1, 2],
      }),
    html`<h3>Commands</h3><pre><code>${commands.join('\n')}</code></pre>
<h3>Config</h3><pre><code>${stringify(manifest.config)}</code></pre>`,
  );
}
