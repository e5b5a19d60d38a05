; SPDX-License-Identifier: GPL-3.0-or-later
; GIMP 3: the sample landscape in the strokes' manner, as /tmp/painted.png.
(script-fu-use-v3)
(let* ((image (gimp-file-load RUN-NONINTERACTIVE "/tmp/samples/landscape.png"))
       (content (vector-ref (gimp-image-get-selected-layers image) 0)))
  (plug-in-maniera #:run-mode RUN-NONINTERACTIVE #:image image #:drawables (vector content)
                   #:style-files (list "/tmp/samples/strokes.png") #:size 256 #:quality "draft")
  (gimp-file-save RUN-NONINTERACTIVE image "/tmp/painted.png"))
