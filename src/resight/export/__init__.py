"""What leaves the program: pictures and reports for people."""

from resight.export.pictures import match_picture
from resight.export.report import ReportWriter
from resight.export.views import CandidateView, QueryView, ReportHeading

__all__ = ["CandidateView", "QueryView", "ReportHeading", "ReportWriter", "match_picture"]
