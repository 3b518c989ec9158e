"""Other people's interfaces to our problems and circuits; each module needs the package it is named after."""
