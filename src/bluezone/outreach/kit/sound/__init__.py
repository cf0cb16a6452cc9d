"""Sound as samples, files and loudness; ffmpeg runs as a separate program."""
