; SPDX-License-Identifier: GPL-3.0-or-later
; GIMP 2.10: the sample landscape in the strokes' manner, as /tmp/painted.png.
(let* ((image (car (gimp-file-load RUN-NONINTERACTIVE "/tmp/samples/landscape.png" "landscape.png")))
       (content (car (gimp-image-get-active-layer image)))
       (painted (car (plug-in-maniera RUN-NONINTERACTIVE image content 0 #() "/tmp/samples/strokes.png"
                                      0 #() 0 #() 0 #() "size=256 quality=draft"))))
  (file-png-save RUN-NONINTERACTIVE image painted "/tmp/painted.png" "painted.png" 0 9 0 0 0 0 0))
