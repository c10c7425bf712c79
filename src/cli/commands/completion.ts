/** `tbuild completion SHELL`: a script that completes by asking tbuild itself. */

import type { Shell } from "../../model/command-line.ts";
import { completeOption } from "../read-request.ts";
import type { Surroundings } from "../surroundings.ts";

export function runCompletion(shell: Shell, { out }: Surroundings): number {
  out.write(scripts[shell]);
  return 0;
}

/** Each calls `tbuild --complete SHELL INDEX WORDS…` and takes one candidate a line. */
const scripts: Record<Shell, string> = {
  bash: `# tbuild completion for bash: put this line into ~/.bashrc
#   source <(tbuild completion bash)
_tbuild() {
  local IFS=$'\\n' line=\${COMP_LINE:0:COMP_POINT}
  local -a words
  IFS=$' \\t' read -r -a words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  local current=\${words[\${#words[@]}-1]}
  COMPREPLY=($(tbuild ${completeOption} bash $((\${#words[@]} - 2)) "\${words[@]:1}" 2>/dev/null))
  # bash replaces only what stands after its own word breaks.
  local kept=\${current%"\${COMP_WORDS[COMP_CWORD]}"}
  COMPREPLY=("\${COMPREPLY[@]#"$kept"}")
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace
  [[ \${#COMPREPLY[@]} -eq 0 ]] && compopt -o default
}
complete -F _tbuild tbuild
`,
  zsh: `#compdef tbuild
# tbuild completion for zsh: put this line into ~/.zshrc
#   source <(tbuild completion zsh)
_tbuild() {
  local -a found
  found=("\${(@f)$(tbuild ${completeOption} zsh $((CURRENT - 2)) "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  # -U: tbuild has matched them already, and zsh would take [ for a pattern.
  if [[ -n \${found[1]} ]]; then compadd -U -- "\${found[@]}"; else _files; fi
}
compdef _tbuild tbuild
`,
  fish: `# tbuild completion for fish: put this line into ~/.config/fish/config.fish
#   tbuild completion fish | source
function __tbuild_complete
  set -l words (commandline --tokenize --cut-at-cursor) (commandline --current-token)
  set -l found (tbuild ${completeOption} fish (math (count $words) - 2) $words[2..-1] 2>/dev/null)
  if test -n "$found"
    string join \\n -- $found
  else
    __fish_complete_path (commandline --current-token)
  end
end
complete --command tbuild --no-files --arguments '(__tbuild_complete)'
`,
};
