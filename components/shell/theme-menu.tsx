'use client'

import { Monitor, Moon, Sun } from 'lucide-react'
import { startTransition, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Menu, MenuLabel, MenuRadio, MenuRadioGroup } from '@/components/ui/menu'
import { readTheme, type Theme } from './theme'

const choices = [
  { theme: 'system', name: 'As the system', icon: Monitor },
  { theme: 'light', name: 'Light', icon: Sun },
  { theme: 'dark', name: 'Dark', icon: Moon },
] as const

/** `remember` keeps the choice for the pages that the server renders. */
export function ThemeMenu({ initial, remember }: { initial: Theme; remember: (theme: Theme) => Promise<void> }) {
  const [theme, setTheme] = useState(initial)
  const Icon = choices.find(choice => choice.theme === theme)?.icon ?? Monitor

  const choose = (value: string) => {
    const next = readTheme(value)
    setTheme(next)
    document.documentElement.dataset.theme = next
    startTransition(() => remember(next))
  }

  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label="Colours">
          <Icon aria-hidden />
        </Button>
      }
    >
      <MenuLabel>Colours</MenuLabel>
      <MenuRadioGroup value={theme} onValueChange={choose}>
        {choices.map(choice => (
          <MenuRadio key={choice.theme} value={choice.theme}>
            {choice.name}
          </MenuRadio>
        ))}
      </MenuRadioGroup>
    </Menu>
  )
}
