// Light or dark: what the person chose in this browser, else what the system prefers. Runs before anything is drawn.
(() => {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = () => { try { return localStorage.getItem('theme'); } catch { return null; } };
  const apply = () => { document.documentElement.dataset.theme = chosen() ?? (system.matches ? 'dark' : 'light'); };
  apply();
  system.addEventListener('change', apply);
  window.vakaPage = {
    toggleTheme() {
      const next = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
      try { localStorage.setItem('theme', next); } catch { /* it holds until the page is left */ }
      document.documentElement.dataset.theme = next;
    },
    focus(id) { document.getElementById(id)?.focus(); },
    async copy(id) {
      const field = document.getElementById(id);
      field.select();
      try { await navigator.clipboard.writeText(field.value); return true; } catch { return document.execCommand('copy'); } // not on plain http
    },
    focusFirstProblem() {
      requestAnimationFrame(() => document.querySelector('[aria-invalid="true"], .problem-alert')?.scrollIntoView({ block: 'center' }));
      document.querySelector('[aria-invalid="true"]')?.focus({ preventScroll: true });
    },
  };
  document.addEventListener('click', event => {
    if (!event.target.closest?.('[data-skip]')) return;
    event.preventDefault();
    document.getElementById('main')?.focus();
  });
})();
