"""Every error Inkread raises on purpose.

InkreadError                 catch this one to catch them all
├── PictureError             the picture cannot be read
│   ├── UnreadablePicture    not a picture, damaged, or a format not known here
│   ├── PictureTooLarge      more pixels than are decoded
│   └── BlankPicture         a picture without ink
├── ModelError               a model file cannot be used
├── DataError                training data is missing or not what it should be
├── SettingsError            a setting or an argument is unknown or out of range
├── ServeError               the address or port to serve on cannot be used
├── RequestError             a request to the API cannot be answered as it is
│   ├── UnsupportedType      it is of a media type that can hold no picture
│   ├── UploadTooLarge       it has more bytes than are accepted
│   ├── RequestTooSlow       it did not arrive in time
│   └── UnknownModel         it asks for a model that is not here
├── TooBusy                  more work waits already than can
└── MissingExtra             an optional part of Inkread is not installed
"""


class InkreadError(Exception):
    """An error with a plain message and, where there is one, the way out.

    Attributes:
        message: what was needed and what came, lower case, no full stop.
        hint: what to do about it, or None.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if hint:
            self.add_note(f"hint: {hint}")


class PictureError(InkreadError):
    """The picture cannot be read."""


class UnreadablePicture(PictureError):
    """Not a picture, damaged, or in a format that is not known here."""


class PictureTooLarge(PictureError):
    """More pixels than are decoded."""


class BlankPicture(PictureError):
    """A picture without ink."""


class ModelError(InkreadError):
    """A model file cannot be used."""


class DataError(InkreadError):
    """Training data is missing or not what it should be."""


class SettingsError(InkreadError):
    """A setting, as an INKREAD_* variable, or an argument is unknown or out of range."""


class ServeError(InkreadError):
    """The address or port to serve on cannot be used."""


class RequestError(InkreadError):
    """A request to the API cannot be answered as it is."""


class UnsupportedType(RequestError):
    """A request of a media type that can hold no picture."""


class UploadTooLarge(RequestError):
    """A request with more bytes than are accepted."""


class RequestTooSlow(RequestError):
    """A request that did not arrive in time."""


class UnknownModel(RequestError):
    """A request for a model that is not here."""


class TooBusy(InkreadError):
    """More work waits already than can."""


class MissingExtra(InkreadError):
    """An optional part of Inkread is not installed."""

    def __init__(self, needed_for: str, extra: str, about: str = "") -> None:
        super().__init__(
            f"{needed_for} needs packages that are not installed{about}",
            hint=f"pip install 'inkread[{extra}]'",
        )
