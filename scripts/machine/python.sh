# Sourced by the commands: sets $python to a Python >= 3.11, or explains what is missing.
# $venv may name the command's own environment; it is tried first.
export PYTHONUTF8=1
unset PYTHONHOME PYTHONPATH
python=
without_venv=
for candidate in "${GONGZHI_VENV:-$here/../$venv}/bin/python" "${PYTHON:-}" \
    python3.13 python3.12 python3.11 python3 python3.14 python; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue
    if "$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        python=$candidate
        break
    fi
    without_venv=$candidate
done
if [ -z "$python" ]; then
    if [ -n "$without_venv" ]; then
        echo "错误：$without_venv 缺少 venv 模块，请先安装它（Debian/Ubuntu：apt install python3-venv）后重试。" >&2
    else
        echo "错误：没有找到 Python 3.11 或更新的版本，请安装后重试（或用环境变量 PYTHON 指明它的路径）。" >&2
    fi
    exit 1
fi
