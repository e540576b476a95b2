"""The sidebar: controls, the stack, comparison, teacher's link, exports."""
