"""Settings that are checked together: the half of an explorer that has nothing to do with pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import anywidget
import traitlets

from cnnlab.lab.explorers.controls import Control, Setting, furthest


class _TakenBack(traitlets.TraitError):
    """Makes traitlets take back what was changed; its cause says why."""


class _WhenMade(type(anywidget.AnyWidget)):
    """Begins once an explorer is wholly made: no constructor calls what a subclass overrides."""

    def __call__(cls, *args, **kwargs):
        made = super().__call__(*args, **kwargs)
        made._begin()
        return made


class HasSettings(anywidget.AnyWidget, metaclass=_WhenMade):
    """One widget, whose traits of the class :class:`Setting` are checked together and have a control each.

    Parameters
    ----------
    ranges : dict of str to (int, int)
        Least and most of a slider, where they are not those of its class.
    options : dict of str to dict
        What can be chosen, where it is not what the class says.
    absent : iterable of str
        Settings that have no control.
    **settings
        First values.
    """

    _made = False

    def __init__(self, *, ranges=None, options=None, absent=(), **settings):
        self._busy = False
        self.ranges, self.options, self.absent = dict(ranges or {}), dict(options or {}), frozenset(absent)
        classes = reversed(type(self).__mro__)  # so that a setting stands where its parent's stood
        stated = [(name, trait) for cls in classes for name, trait in vars(cls).items() if isinstance(trait, Setting)]
        self._settings: dict[str, Setting] = dict(stated)
        super().__init__(**settings)
        self.observe(self._changed, names=list(self._settings))

    # --- what a subclass gives; s holds the settings by name ---

    def check(self, s: SimpleNamespace) -> None:
        """Raise ValueError where the settings do not go together."""

    def useless(self, s: SimpleNamespace) -> set[str]:
        """Return the settings that change nothing now: they have no control."""
        return set()

    def refresh(self) -> None:
        """Draw the present state anew."""
        raise NotImplementedError

    def _draw(self) -> None:
        """Draw the present state, unless more is to come."""
        raise NotImplementedError

    # --- values ---

    @property
    def settings(self) -> dict[str, Any]:
        """The settings by name."""
        return {name: getattr(self, name) for name in self._settings}

    def now(self, **changed) -> SimpleNamespace:
        """Return the settings as attributes, some of them changed."""
        return SimpleNamespace(**{**self.settings, **changed})

    def fits(self, s: SimpleNamespace) -> bool:
        """Return whether the settings go together."""
        try:
            self.check(s)
        except ValueError:
            return False
        return True

    def bounds(self, name: str) -> tuple[int, int]:
        """Return the least and the most that a slider can be set to, the others being as they are."""
        low, high = self._settings[name].range(self)
        return self.furthest(name, low), self.furthest(name, high)

    def furthest(self, name: str, end: int) -> int:
        """Return the legal value of a slider that is nearest to ``end``."""
        return furthest(lambda value: self.fits(self.now(**{name: value})), getattr(self, name), end)

    def controls(self, s: SimpleNamespace, place: str) -> list[Control]:
        """Return the controls that stand in one place."""
        hidden = self.absent | self.useless(s)
        return [
            setting.control(self, getattr(s, name))
            for name, setting in self._settings.items()
            if name not in hidden and setting.place == place
        ]

    def change_of(self, name: str, value) -> tuple[str, Any]:
        """Return the setting that a control changes, and to what; raise TypeError or ValueError if it does not."""
        if name not in self._settings or name in self.absent | self.useless(self.now()):
            raise ValueError(f"{name} must be the name of a control")
        return name, self._settings[name].read(self, value)

    # --- changes ---

    def check_change(self, name: str, value) -> None:
        """Raise ValueError where a setting does not go with the others; those that are held are checked together."""
        if self._made and not self._cross_validation_lock:
            self.check(self.now(**{name: value}))

    @contextmanager
    def hold_trait_notifications(self) -> Iterator[None]:
        """Change several settings at once; where they do not go together, all stay as they were."""
        if not self._made or self._cross_validation_lock:
            with super().hold_trait_notifications():
                yield
            return
        with self._transaction():
            try:
                with super().hold_trait_notifications():
                    try:
                        yield
                        self.check(self.now())
                    except BaseException as error:
                        raise _TakenBack from error
            except _TakenBack as taken_back:
                raise taken_back.__cause__ from None

    def set_together(self, settings: dict[str, Any]) -> None:
        """Change several settings at once."""
        with self.hold_trait_notifications():
            for name, value in settings.items():
                setattr(self, name, value)

    def _changed(self, change) -> None:
        self.refresh()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Draw once, after all that is done inside."""
        if self._busy:  # inside another
            yield
            return
        self._busy = True
        try:
            yield
        finally:
            self._busy = False
            self._draw()

    # --- the beginning ---

    def _begin(self) -> None:
        self._made = True
        self.check(self.now())
        self.refresh()
        self.open()

    def open(self) -> None:
        """Tell the front ends, once there is something to show."""
        if self._made:
            super().open()
